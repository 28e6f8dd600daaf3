package dev.naru.registry;

import dev.naru.oci.Descriptor;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.Reference;
import dev.naru.store.Store;
import java.nio.file.Path;
import java.time.Duration;

/** Downloads one blob: a process for killing. */
final class DownloadMain {
    private DownloadMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        var layer = new Descriptor(
                MediaTypes.LAYER_GZIP, arguments[2], Long.parseLong(arguments[3]), null, null, null, null);
        try (Store store = Store.open(Path.of(arguments[0]));
                var lease = store.leases().open();
                var registries = new Registries(RegistrySettings.defaults())) {
            lease.hold(arguments[2]);
            Repository repository =
                    registries.repository(Reference.parse(arguments[1] + "/app"), Credentials.anonymous());
            try (Transfer transfer = repository.download(layer, store)) {
                while (!transfer.await(Duration.ofSeconds(1))) {
                    // Until it is there.
                }
            }
            if (!store.blobs().isIntact(arguments[2])) {
                throw new IllegalStateException("the blob is broken");
            }
        }
    }
}
