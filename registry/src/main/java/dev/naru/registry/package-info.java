/** The registries' client: pulls and pushes over the distribution specification. */
@NullMarked
package dev.naru.registry;

import org.jspecify.annotations.NullMarked;
