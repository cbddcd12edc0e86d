/** zod tries whether it may compile code; under the page's Content-Security-Policy it may not, and need not try. */
import { config } from "zod";

config({ jitless: true });
