import { expect, test } from "vitest";
import { fakeStorage } from "../../client/fake-browser.ts";
import { createCart, PIECES_MAX } from "./cart.ts";

test("counts pieces, up to the most of one product, and loses what is set to none", () => {
	const cart = createCart(fakeStorage, () => false);
	for (let n = 0; n < PIECES_MAX + 3; n++) cart.add("a");
	cart.add("b");
	expect([cart.pieces(), cart.lines()]).toEqual([
		PIECES_MAX + 1,
		[
			["a", PIECES_MAX],
			["b", 1],
		],
	]);
	cart.set("a", 0);
	expect(cart.lines()).toEqual([["b", 1]]);
});

test("is stored for as long as the shopper agrees, and read again", () => {
	const storage = fakeStorage();
	let agrees = true;
	const cart = createCart(
		() => storage,
		() => agrees,
	);
	cart.add("a");
	expect(
		createCart(
			() => storage,
			() => true,
		).lines(),
	).toEqual([["a", 1]]);
	agrees = false;
	cart.keep();
	expect(storage.values.size).toBe(0);
	expect(cart.lines()).toEqual([["a", 1]]);
});

test.each(["{", '"a"', '[["a",-1],[7,1],["b",1]]'])("reads what another program left there as what is sound in it: %s", (text) => {
	const storage = fakeStorage(new Map([["edgeshelf-shop.cart", text]]));
	const lines = createCart(
		() => storage,
		() => true,
	).lines();
	expect(lines).toEqual(text.startsWith("[") ? [["b", 1]] : []);
});
