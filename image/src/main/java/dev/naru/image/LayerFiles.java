package dev.naru.image;

import dev.naru.store.Store;
import dev.naru.store.Transaction;
import io.avaje.jsonb.Types;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is known of the contents of layers' files, by the names of the layers' directories: no layer ever changes. */
final class LayerFiles {
    private static final String KIND = "layer-files";
    /** A layer of more has only its largest ones noted: each note is about 200 bytes in the database. */
    private static final int MANY = 8192;

    private static final long LARGE = 1 << 20;

    private final Store store;

    LayerFiles(Store store) {
        this.store = store;
    }

    static void put(Transaction in, String directory, List<LayerFile> files) {
        List<LayerFile> noted = files.size() <= MANY
                ? files
                : files.stream().filter(file -> file.size() >= LARGE).toList();
        if (!noted.isEmpty()) {
            in.put(KIND, directory, ImageJson.write(Types.listOf(LayerFile.class), noted));
        }
    }

    static void delete(Transaction in, String directory) {
        in.delete(KIND, directory);
    }

    /** The files of a layer by path; empty when nothing is known. */
    Map<String, LayerFile> of(String directory) {
        var files = new HashMap<String, LayerFile>();
        store.database()
                .read(in -> in.get(KIND, directory))
                .map(body -> read(directory, body))
                .orElse(List.of())
                .forEach(file -> files.put(file.path(), file));
        return files;
    }

    /** All that is known, by the layers' directories. */
    Map<Path, List<LayerFile>> all(Path root) {
        var all = new HashMap<Path, List<LayerFile>>();
        store.database()
                .read(in -> in.list(KIND))
                .forEach(each -> all.put(root.resolve(each.id()), read(each.id(), each.body())));
        return all;
    }

    private static List<LayerFile> read(String directory, byte[] body) {
        return ImageJson.readList(LayerFile.class, body, "files of layer " + directory);
    }

    /** Forgets the layers that are gone: another may get such a name. */
    void retain(Set<String> directories) {
        var gone = new HashSet<String>();
        store.database().read(in -> in.list(KIND)).forEach(each -> gone.add(each.id()));
        gone.removeAll(directories);
        if (!gone.isEmpty()) {
            store.database().write(in -> {
                gone.forEach(each -> delete(in, each));
                return true;
            });
        }
    }
}
