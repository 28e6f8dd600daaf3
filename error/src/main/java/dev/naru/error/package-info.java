/** The one error type of every room. */
@NullMarked
package dev.naru.error;

import org.jspecify.annotations.NullMarked;
