/** The part of D-Bus that a client of services needs: calls, answers and signals over a unix socket. */
@NullMarked
package dev.naru.dbus;

import org.jspecify.annotations.NullMarked;
