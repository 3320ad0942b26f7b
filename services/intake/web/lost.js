// The page for an address that leads nowhere.
import { page } from "./page.js";

page();
