/** What a value may be, wherever one comes in or is kept: deeper ones would overflow the stack of whatever walks them. */
export const JSON_DEPTH_MAX = 500;
export const JSON_BYTES_MAX = 16 * 1024 * 1024;
