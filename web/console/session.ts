const KEY = "edgeshelf.console.token";

/** The operator's token, kept for as long as the tab is open. */
export const session = {
	token: (): string | null => sessionStorage.getItem(KEY),
	begin: (token: string): void => sessionStorage.setItem(KEY, token),
	end: (): void => sessionStorage.removeItem(KEY),
};
