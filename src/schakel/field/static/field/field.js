// The page in the hand.
import "./outbox.js";
import "./two-taps.js";
import "./position.js";
import "./still.js";
