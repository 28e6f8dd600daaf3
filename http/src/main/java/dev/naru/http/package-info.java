/** HTTP/1.1 for servers and clients on blocking channels and virtual threads. Knows nothing of containers. */
@NullMarked
package dev.naru.http;

import org.jspecify.annotations.NullMarked;
