/** The domain services and the embeddable engine. */
@NullMarked
@Json.Import({Attachment.class, Attachment.PublishedPort.class, NetworkSpec.class, NetworkSpec.Pool.class})
package dev.naru.engine;

import dev.naru.network.Attachment;
import dev.naru.network.NetworkSpec;
import io.avaje.jsonb.Json;
import org.jspecify.annotations.NullMarked;
