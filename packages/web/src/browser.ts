/** What the page uses of the browser besides its document, each where a browser may refuse it. */

/** Private windows and strict settings may refuse storage; then nothing is remembered. */
export function remembered(name: string): string | null {
	try {
		return localStorage.getItem(`podpath.${name}`);
	} catch {
		return null;
	}
}

export function remember(name: string, value: string): void {
	try {
		localStorage.setItem(`podpath.${name}`, value);
	} catch {
		// Nothing is lost but the wish.
	}
}

export function wantsStillness(): boolean {
	return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Gives a file to the person. */
export function download(name: string, content: Blob): void {
	const url = URL.createObjectURL(content);
	const link = document.createElement("a");
	link.href = url;
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** On plain HTTP to another machine browsers have no clipboard; a selected text can be copied by hand. */
export async function copyText(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		return copySelected(text);
	}
}

function copySelected(text: string): boolean {
	const area = document.createElement("textarea");
	area.value = text;
	document.body.append(area);
	area.select();
	const done = document.execCommand("copy");
	area.remove();
	return done;
}

/** What was typed in this tab, and is there again after a reload. */
export function kept(name: string): string | null {
	try {
		return sessionStorage.getItem(`podpath.${name}`);
	} catch {
		return null;
	}
}

/** Null: nothing any more. Tells whether the browser did it: storage may be refused or full. */
export function keep(name: string, value: string | null): boolean {
	try {
		if (value === null) sessionStorage.removeItem(`podpath.${name}`);
		else sessionStorage.setItem(`podpath.${name}`, value);
		return true;
	} catch {
		return value === null;
	}
}
