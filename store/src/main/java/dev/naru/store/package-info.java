/** Content-addressed blobs, the metadata database, leases, garbage collection and checks. */
@NullMarked
package dev.naru.store;

import org.jspecify.annotations.NullMarked;
