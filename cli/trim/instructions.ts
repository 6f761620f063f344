import { readUnsigned } from "./leb128.ts";

/** Opcodes that say where code goes next, and those that are written here. */
export const OP = {
	unreachable: 0x00,
	block: 0x02,
	loop: 0x03,
	if: 0x04,
	else: 0x05,
	end: 0x0b,
	brIf: 0x0d,
	globalGet: 0x23,
	globalSet: 0x24,
	i32Const: 0x41,
	i32Or: 0x72,
} as const;

const BR_TABLE = 0x0e;
const SELECT_TYPED = 0x1c;
const PREFIX = { bulk: 0xfc, vector: 0xfd, atomic: 0xfe } as const;
/** Numbers that follow each opcode of the prefix `bulk`, from 0 on. */
const BULK_NUMBERS = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];

/** Offset of the instruction after the one at `at`. @throws Error for an opcode that is not known */
export function nextInstruction(code: Uint8Array, at: number): number {
	const opcode = code[at++] as number;
	if (opcode === BR_TABLE) return afterNumbers(code, ...withOneMore(readUnsigned(code, at)));
	if (opcode === SELECT_TYPED) return afterNumbers(code, ...readUnsigned(code, at));
	if (opcode === PREFIX.bulk) {
		const [kind, next] = readUnsigned(code, at);
		return afterNumbers(code, known(BULK_NUMBERS[kind], opcode, kind), next);
	}
	if (opcode === PREFIX.vector) return afterVector(code, ...readUnsigned(code, at));
	if (opcode === PREFIX.atomic) {
		const [kind, next] = readUnsigned(code, at);
		return kind === 3 ? next + 1 : afterNumbers(code, 2, next); // A fence has a byte, all others an address.
	}
	if (opcode === 0x43) return at + 4; // f32.const
	if (opcode === 0x44) return at + 8; // f64.const
	return afterNumbers(code, known(numbersAfter(opcode), opcode, 0), at);
}

/** LEB128 numbers after an opcode without prefix; types of blocks count as one. */
function numbersAfter(opcode: number): number | undefined {
	if (opcode >= 0x45 && opcode <= 0xc4) return 0; // numeric
	if (opcode >= 0x28 && opcode <= 0x3e) return 2; // alignment and offset of loads and stores
	if (opcode >= 0x20 && opcode <= 0x26) return 1; // variables and tables
	if (opcode === 0x11) return 2; // call_indirect
	if ([0x02, 0x03, 0x04, 0x0c, 0x0d, 0x10, 0x3f, 0x40, 0x41, 0x42, 0xd0, 0xd2].includes(opcode)) return 1;
	if ([0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b, 0xd1].includes(opcode)) return 0;
	return undefined;
}

function afterVector(code: Uint8Array, kind: number, at: number): number {
	if (kind <= 11 || kind === 92 || kind === 93) return afterNumbers(code, 2, at); // loads and stores
	if (kind === 12 || kind === 13) return at + 16; // v128.const, shuffle
	if (kind >= 21 && kind <= 34) return at + 1; // a lane
	if (kind >= 84 && kind <= 91) return afterNumbers(code, 2, at) + 1; // loads and stores of a lane
	return at;
}

/** Signed or unsigned: both end at the first byte below 0x80. */
function afterNumbers(code: Uint8Array, count: number, at: number): number {
	for (; count > 0; count--) {
		while ((code[at++] as number) >= 0x80);
	}
	return at;
}

const withOneMore = ([count, next]: readonly [number, number]): [number, number] => [count + 1, next];

function known(numbers: number | undefined, opcode: number, kind: number): number {
	if (numbers === undefined) throw new Error(`Unknown opcode 0x${opcode.toString(16)} ${kind}`);
	return numbers;
}

/**
 * A stretch of instructions that is entered at its first or not at all: the rest of a construct from there on. What a
 * branch may reach inside it lies in constructs that it holds as a whole.
 */
export type Stretch = {
	/** Offset of its first instruction. */
	readonly from: number;
	/** Offset of the `else` or `end` that closes the construct. */
	readonly to: number;
};

/** The stretches of a body, in the order of their beginnings; the first is the whole. */
export function stretchesOf(body: Uint8Array, first: number): Stretch[] {
	const found: { from: number; to: number }[] = [{ from: first, to: 0 }];
	/** Stretches that end with each construct that is open, outermost first. */
	const open: { from: number; to: number }[][] = [[found[0] as Stretch]];
	const begin = (from: number) => {
		const stretch = { from, to: 0 };
		found.push(stretch);
		open.at(-1)?.push(stretch);
	};
	const close = (to: number) => {
		for (const stretch of open.pop() ?? []) stretch.to = to;
	};
	for (let at = first; at < body.length; ) {
		const opcode = body[at];
		const next = nextInstruction(body, at);
		if (opcode === OP.end || opcode === OP.else) close(at);
		if (opcode === OP.block || opcode === OP.loop || opcode === OP.if || opcode === OP.else) open.push([]);
		const isBranching = opcode === OP.if || opcode === OP.else || opcode === OP.brIf || opcode === OP.end;
		if (isBranching && next < body.length) begin(next);
		at = next;
	}
	return found;
}
