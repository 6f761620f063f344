/*
 * The scan as a plain loop, left to the compiler: gcc -O3 -march=native -DDIM=64.
 *
 *     native FILE ROWS QUERIES MOST
 *
 * FILE: int8 vectors, float32 scales, int8 queries, float64 query scales. For each number of runs that comes in on a line,
 * the milliseconds a scan go out.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct { double score; int32_t row; } Found;

static int is_worse(Found a, Found b) { return a.score < b.score || (a.score == b.score && a.row > b.row); }

/* A binary heap with the worst on top. */
static void sift_down(Found *heap, int size) {
	for (int at = 0;;) {
		int child = 2 * at + 1;
		if (child >= size) return;
		if (child + 1 < size && is_worse(heap[child + 1], heap[child])) child++;
		if (!is_worse(heap[child], heap[at])) return;
		Found held = heap[at];
		heap[at] = heap[child];
		heap[child] = held;
		at = child;
	}
}

static void offer(Found *heap, int *size, int most, Found found) {
	if (*size < most) {
		int at = (*size)++;
		heap[at] = found;
		while (at > 0 && is_worse(heap[at], heap[(at - 1) / 2])) {
			Found held = heap[at];
			heap[at] = heap[(at - 1) / 2];
			heap[(at - 1) / 2] = held;
			at = (at - 1) / 2;
		}
	} else if (is_worse(heap[0], found)) {
		heap[0] = found;
		sift_down(heap, *size);
	}
}

static void scan(const int8_t *vectors, const float *scales, int rows, const int8_t *query, double scale, Found *heap, int most) {
	int size = 0;
	for (int row = 0; row < rows; row++) {
		const int8_t *vector = vectors + (size_t)row * DIM;
		int32_t dot = 0;
		for (int d = 0; d < DIM; d++) dot += (int32_t)query[d] * (int32_t)vector[d];
		double score = dot * ((double)scales[row] * scale);
		if (size < most || score > heap[0].score) offer(heap, &size, most, (Found){score, row});
	}
	for (int end = size - 1; end > 0; end--) {
		Found held = heap[0];
		heap[0] = heap[end];
		heap[end] = held;
		sift_down(heap, end);
	}
}

static double milliseconds(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
	if (argc != 5) return 2;
	size_t rows = strtoul(argv[2], 0, 10), queries = strtoul(argv[3], 0, 10);
	int most = atoi(argv[4]);
	int8_t *vectors = aligned_alloc(64, (rows * DIM + 63) / 64 * 64);
	float *scales = malloc(rows * sizeof *scales);
	int8_t *values = malloc(queries * DIM);
	double *query_scales = malloc(queries * sizeof *query_scales);
	Found *heap = malloc(most * sizeof *heap);
	FILE *file = fopen(argv[1], "rb");
	if (!file || fread(vectors, DIM, rows, file) != rows || fread(scales, sizeof *scales, rows, file) != rows) return 1;
	if (fread(values, DIM, queries, file) != queries || fread(query_scales, sizeof *query_scales, queries, file) != queries) return 1;
	for (int runs; scanf("%d", &runs) == 1;) {
		double started = milliseconds();
		for (int run = 0; run < runs; run++) {
			size_t q = run % queries;
			scan(vectors, scales, (int)rows, values + q * DIM, query_scales[q], heap, most);
		}
		printf("%.6f\n", (milliseconds() - started) / runs);
		fflush(stdout);
	}
}
