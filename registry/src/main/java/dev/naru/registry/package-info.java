/** The distribution-spec client: authentication, mirrors, resumable parallel transfer. */
@NullMarked
package dev.naru.registry;

import org.jspecify.annotations.NullMarked;
