// Every page of Schakel: the parts in the order in which they may rely on each other.
import "./timers.js";
import "./look.js";
import "./draft.js";
import "./keys.js";
import "./command-bar.js";
import "./live.js";
