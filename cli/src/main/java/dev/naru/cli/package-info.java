/** The naru command line. */
@NullMarked
package dev.naru.cli;

import org.jspecify.annotations.NullMarked;
