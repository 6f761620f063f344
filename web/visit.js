/** What this tab remembers of the visit: in sessionStorage, which ends with the tab, and nowhere else. */

const HISTORY_KEY = "edgeshelf.history";
const SESSION_KEY = "edgeshelf.session";
/** Entries kept; the model reads fewer. */
const HISTORY_MAX_ENTRIES = 100;
/** Idle time after which a session id is made anew, seconds. */
const SESSION_IDLE_SECONDS = 30 * 60;

const nowSeconds = () => Math.floor(Date.now() / 1000);

/** 128 random bits, hex. */
export const randomId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

function read(key, absent) {
	try {
		return JSON.parse(sessionStorage.getItem(key)) ?? absent;
	} catch {
		return absent;
	}
}

function write(key, value) {
	try {
		sessionStorage.setItem(key, JSON.stringify(value));
	} catch {
		// Storage is full or forbidden: the visit is then forgotten with the page.
	}
}

let history = read(HISTORY_KEY, []);

/** Entries as the API takes them, oldest first. */
export const historyEntries = () => history;

export function remember(item, event) {
	history = [...history, { item, event, at: nowSeconds() }].slice(-HISTORY_MAX_ENTRIES);
	write(HISTORY_KEY, history);
}

export function forget() {
	history = [];
	sessionStorage.removeItem(HISTORY_KEY);
	sessionStorage.removeItem(SESSION_KEY);
}

/** The session id that events carry; new after idle minutes. */
export function sessionId() {
	const last = read(SESSION_KEY, null);
	const isFresh = last !== null && nowSeconds() - last.at < SESSION_IDLE_SECONDS;
	const session = { id: isFresh ? last.id : randomId(), at: nowSeconds() };
	write(SESSION_KEY, session);
	return session.id;
}
