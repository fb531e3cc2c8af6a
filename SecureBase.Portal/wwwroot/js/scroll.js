// Keeps a chosen row in sight, and a conversation at its end when it is opened from a link to its newest message.
export const reveal = element => element?.scrollIntoView({ block: "nearest" });
export const focus = id => document.getElementById(id)?.focus();
