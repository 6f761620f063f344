/** @param seconds unix seconds @returns YYYY-MM-DD */
export const utcDay = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 10);
