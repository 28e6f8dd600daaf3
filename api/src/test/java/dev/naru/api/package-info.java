/** Tests of the API against an engine of echoes. */
@NullMarked
package dev.naru.api;

import org.jspecify.annotations.NullMarked;
