/** Records of the Engine API's JSON. No behaviour. */
@NullMarked
package dev.naru.wire;

import org.jspecify.annotations.NullMarked;
