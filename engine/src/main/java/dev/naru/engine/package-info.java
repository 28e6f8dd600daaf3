/** The domain services and the embeddable engine. */
@NullMarked
package dev.naru.engine;

import org.jspecify.annotations.NullMarked;
