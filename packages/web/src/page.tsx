/** Where the page begins. */
import "./style/page.css";
import { render } from "preact";
import { Shell } from "./shell.tsx";

const place = document.getElementById("page");
if (place !== null) render(<Shell />, place);
