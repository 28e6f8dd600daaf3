/** From a runtime specification to a running process: launch plan, monitor, cgroups, seccomp. */
@NullMarked
package dev.naru.runtime;

import org.jspecify.annotations.NullMarked;
