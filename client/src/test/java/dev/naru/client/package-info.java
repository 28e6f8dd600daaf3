/** Tests of the client against servers of a few lines. */
@NullMarked
package dev.naru.client;

import org.jspecify.annotations.NullMarked;
