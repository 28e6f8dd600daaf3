/** HTTP/1.1 messages on blocking channels: server and client side, chunked bodies, connection hijack. */
@NullMarked
package dev.naru.http;

import org.jspecify.annotations.NullMarked;
