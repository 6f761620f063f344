/** What the kernels export. Memory comes from outside; all addresses are bytes in it. */
export { writeMargins } from "./estimate";
export { maskCodes, maskCodes8, maskCodes16, maskRange, maskStock } from "./mask";
export { pack, unpack } from "./planes";
export { FREE, HELD_ROWS, MOST_DIM, MOST_QUERIES, MOST_ROWS, WANTED, WANTED_CODES } from "./query";
export { ask, rowsOf, scan, scanByPlanes, score, scoreByPlanes, scoresOf, sizeOf, valuesOf } from "./scan";
