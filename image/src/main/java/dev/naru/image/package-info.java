/** Layers, snapshots and images. */
@NullMarked
package dev.naru.image;

import org.jspecify.annotations.NullMarked;
