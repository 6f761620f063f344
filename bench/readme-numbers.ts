/**
 * The README's table of numbers, made from `bench/results/*.json`.
 *
 *     npx node bench/readme-numbers.ts     writes it between the marks in README.md
 */
import { readFileSync, writeFileSync } from "node:fs";

const README = new URL("../README.md", import.meta.url);
const BEGIN = "<!-- numbers: made by bench/readme-numbers.ts -->";
const END = "<!-- end of numbers -->";

const result = (name: string) => JSON.parse(readFileSync(new URL(`results/${name}.json`, import.meta.url), "utf8"));
const four = (value: number) => value.toFixed(4);
const percent = (value: number) => `${(value * 100).toFixed(2)}%`;

type Scores = { readonly "ndcg@10": number };
/** Relative change of NDCG@10, signed. */
const change = (now: Scores, before: Scores) => {
	const share = now["ndcg@10"] / before["ndcg@10"] - 1;
	return `${share < 0 ? "" : "+"}${percent(share)}`;
};

/** @returns markdown, from one mark to the other */
export function numbers(): string {
	const served = result("beauty-tune.served");
	const trained = result("beauty-tune.trained");
	const permuted = result("beauty-permuted.trained");
	const parity = result("beauty-tune.parity");
	const { fused, encoder, transitions, popular, fusedFloat32, encoderFloat32 } = trained.metrics;
	const row = (name: string, ndcg: number, recall: number, how: string) => `| ${name} | ${four(ndcg)} | ${four(recall)} | ${how} |`;
	return [
		BEGIN,
		"",
		`Amazon Beauty (5-core, ${served.users} users), leave-one-out, full catalogue, seen items filtered, boundary *tune*, reads ids, titles and`,
		`attributes. ${trained.machine}; trained in ${trained.minutes.toFixed(1)} minutes beside other work; ${trained.date}.`,
		"",
		"| | NDCG@10 | Recall@10 | How |",
		"|---|---|---|---|",
		row("**fused, int8, as served**", served["ndcg@10"], served["recall@10"], `\`${served.command.replace(/--to \S+ /, "")}\``),
		row("encoder alone, int8, as served", served["encoder.ndcg@10"], served["encoder.recall@10"], "the same run"),
		row("fused, int8, in NumPy", fused["ndcg@10"], fused["recall@10"], `\`${trained.command}\``),
		row("fused, float32", fusedFloat32["ndcg@10"], fusedFloat32["recall@10"], "the same run"),
		row("encoder alone, float32", encoderFloat32["ndcg@10"], encoderFloat32["recall@10"], "the same run"),
		row("encoder alone, int8, in NumPy", encoder["ndcg@10"], encoder["recall@10"], "the same run"),
		row("transitions alone", transitions["ndcg@10"], transitions["recall@10"], "the same run"),
		row("popularity", popular["ndcg@10"], popular["recall@10"], "the same run"),
		row("fused, int8, all ids permuted", permuted.metrics.fused["ndcg@10"], permuted.metrics.fused["recall@10"], `\`${permuted.command}\``),
		"",
		`- Every user was counted: ${served.failed} of ${served.users} requests failed, ${percent(served["source.personal"])} of the answers were \`personal\`.`,
		`- int8 against float32, NDCG@10: ${change(fused, fusedFloat32)} fused, ${change(encoder, encoderFloat32)} encoder alone.`,
		`- ONNX Runtime in workerd against its CPU build and NumPy on the same files, ${parity.histories} histories: the first ten agree to ${four(parity["encoder.overlap@10"])} (encoder) and ${four(parity["fused.overlap@10"])} (fused). \`${parity.command}\``,
		"- Published, ids only, same protocol: BSARec 0.0611, ICSRec 0.0578, SASRec with full cross-entropy 0.0539. The standard error on this set is about 0.0013.",
		"",
		END,
	].join("\n");
}

/** The README with its numbers renewed. */
export function withNumbers(readme: string): string {
	const begin = readme.indexOf(BEGIN);
	const end = readme.indexOf(END);
	if (begin === -1 || end < begin) throw new Error("README.md lacks the marks of its numbers");
	return readme.slice(0, begin) + numbers() + readme.slice(end + END.length);
}

if (import.meta.main) writeFileSync(README, withNumbers(readFileSync(README, "utf8")));
