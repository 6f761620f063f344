/** An answer other than 2xx, or none; the message is one sentence for an operator. */
export class ApiFailure extends Error {
	readonly status: number;

	constructor(status: number, message: string) {
		super(message);
		this.status = status;
	}
}

export type Answer<T> = { readonly value: T; readonly headers: Headers; readonly milliseconds: number };

export type Api = {
	/** @throws ApiFailure */
	readonly ask: <T>(method: string, path: string, body?: unknown) => Promise<Answer<T>>;
	/** The bytes of a file. @throws ApiFailure */
	readonly file: (path: string) => Promise<Blob>;
};

/**
 * The admin routes with a token, which goes nowhere but into the header.
 * @param onRefused is told when the token is not known (any more)
 */
export function createApi(token: string, onRefused: () => void = () => undefined): Api {
	async function send(method: string, path: string, body?: unknown): Promise<Response> {
		let response: Response;
		try {
			response = await fetch(path, {
				method,
				headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) },
				...(body !== undefined && { body: JSON.stringify(body) }),
				cache: "no-store",
				credentials: "omit",
			});
		} catch {
			throw new ApiFailure(0, "The server cannot be reached.");
		}
		if (response.ok) return response;
		if (response.status === 401) onRefused();
		throw new ApiFailure(response.status, await messageOf(response));
	}
	return {
		async ask(method, path, body) {
			const start = performance.now();
			const response = await send(method, path, body);
			const text = await response.text();
			return { value: text === "" ? undefined : JSON.parse(text), headers: response.headers, milliseconds: performance.now() - start };
		},
		file: async (path) => (await send("GET", path)).blob(),
	};
}

async function messageOf(response: Response): Promise<string> {
	if (response.status === 401) return "The server does not know this token.";
	try {
		const { error } = (await response.json()) as { error: { message: string; path?: string } };
		return error.path ? `${error.path}: ${error.message}` : error.message;
	} catch {
		return `The server answered ${response.status}.`;
	}
}
