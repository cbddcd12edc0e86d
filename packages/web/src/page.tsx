/** Where the page begins. */
import "./style/page.css";
import { render } from "preact";
import { engineFor } from "./backend/backends.ts";
import { speak } from "./backend/spoken.ts";
import { remembered } from "./browser.ts";
import { parseRoute } from "./route.ts";
import { Shell } from "./shell.tsx";
import { firstLanguage, loadLanguage } from "./texts/language.ts";

const first = firstLanguage(remembered("language"), navigator.languages);
speak(first);
// A link to something of the atlas: its engine and files are fetched beside the page instead of after it.
const about = parseRoute(location.hash).params.in;
if (about !== undefined)
	engineFor(about)
		.scenario(about)
		.catch(() => {});

const place = document.getElementById("page");
const spoken = await loadLanguage(first);
if (place !== null) render(<Shell first={spoken} />, place);
