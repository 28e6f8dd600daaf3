/** JSON with strings of any length. */
@NullMarked
package dev.naru.json;

import org.jspecify.annotations.NullMarked;
