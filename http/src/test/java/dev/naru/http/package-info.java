/** Tests of HTTP over real sockets. */
@NullMarked
package dev.naru.http;

import org.jspecify.annotations.NullMarked;
