/** The composition root of narud. */
@NullMarked
package dev.naru.daemon;

import org.jspecify.annotations.NullMarked;
