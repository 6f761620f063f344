/** Lets what waits for this thread have its turn: of what takes long, one step at a time. */
export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
