/** Docker's plug-in protocol: where plug-ins are found, and how they are called. What they are asked is others' room. */
@NullMarked
package dev.naru.plugin;

import org.jspecify.annotations.NullMarked;
