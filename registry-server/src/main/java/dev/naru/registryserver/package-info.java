/** A registry of our own: the distribution specification served from a store. */
@NullMarked
package dev.naru.registryserver;

import org.jspecify.annotations.NullMarked;
