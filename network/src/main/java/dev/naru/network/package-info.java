/** Network drivers, address management, firewall and published ports. */
@NullMarked
package dev.naru.network;

import org.jspecify.annotations.NullMarked;
