package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Images.Removal;
import dev.naru.image.Images.UsageCheck;
import dev.naru.oci.Reference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What removing an image comes to, by the rules of {@code docker rmi}. Decides; changes nothing. */
final class ImageRemoval {
    private final Catalogue catalogue;
    private final UsageCheck usage;
    private final Set<String> snapshotChains;
    private final LayerStore layerStore;
    private final List<Removal> steps = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final Set<String> images = new HashSet<>();
    private final List<StoredLayer> layers = new ArrayList<>();

    ImageRemoval(Catalogue catalogue, UsageCheck usage, Set<String> snapshotChains, LayerStore layerStore) {
        this.catalogue = catalogue;
        this.usage = usage;
        this.snapshotChains = snapshotChains;
        this.layerStore = layerStore;
    }

    List<Removal> steps() {
        return List.copyOf(steps);
    }

    /** References to release, in full. */
    Set<String> names() {
        return names;
    }

    Set<String> images() {
        return images;
    }

    List<StoredLayer> layers() {
        return layers;
    }

    void run(String id, String reference, boolean force, boolean prune) {
        boolean byName = !Catalogue.isIdPrefix(id, reference);
        if (byName) {
            if (!force && isSingle(references(id))) {
                usage.containersOf(id).keySet().stream().findFirst().ifPresent(container -> {
                    throw NaruException.conflict("conflict: unable to remove repository reference \"" + reference
                            + "\" (must force) - container " + shortId(container)
                            + " is using its referenced image " + shortId(id));
                });
            }
            untag(id, Reference.parse(reference).tagged());
            if (!references(id).isEmpty()) {
                return;
            }
        } else if (isSingle(references(id))) {
            check(id, force, false);
            references(id).forEach(this::release);
        }
        delete(id, force, prune, byName);
    }

    /** Releases a name; with the repository's last tag its digests go too. */
    private void untag(String id, Reference reference) {
        release(reference);
        if (reference.digest() != null) {
            return;
        }
        List<Reference> sameRepository = references(id).stream()
                .filter(each -> each.repository().equals(reference.repository()))
                .toList();
        if (sameRepository.stream().allMatch(each -> each.digest() != null)) {
            sameRepository.forEach(this::release);
        }
    }

    private void release(Reference reference) {
        names.add(reference.toString());
        steps.add(new Removal(reference.familiar(), null));
    }

    private List<Reference> references(String id) {
        return catalogue.referencesOf(id).stream()
                .filter(each -> !names.contains(each.toString()))
                .toList();
    }

    /** At most one tag, and digests of its repository only. */
    private static boolean isSingle(List<Reference> references) {
        long tags = references.stream().filter(each -> each.digest() == null).count();
        long repositories =
                references.stream().map(Reference::repository).distinct().count();
        return references.size() <= 1 || (tags <= 1 && repositories == 1);
    }

    private void delete(String id, boolean force, boolean prune, boolean quiet) {
        NaruException conflict = conflict(id, force, true);
        if (conflict != null) {
            boolean used = !usage.containersOf(id).isEmpty();
            if (quiet && (!references(id).isEmpty() || used)) {
                return;
            }
            throw conflict;
        }
        references(id).forEach(this::release);
        images.add(id);
        steps.add(new Removal(null, id));
        StoredImage image = Objects.requireNonNull(catalogue.images().get(id));
        releaseLayers(image.chainId());
        String parent = image.parent();
        if (prune
                && parent != null
                && catalogue.images().containsKey(parent)
                && references(parent).isEmpty()) {
            delete(parent, false, true, true);
        }
    }

    private void check(String id, boolean force, boolean references) {
        NaruException conflict = conflict(id, force, references);
        if (conflict != null) {
            throw conflict;
        }
    }

    private @org.jspecify.annotations.Nullable NaruException conflict(String id, boolean force, boolean references) {
        if (catalogue.children(id).stream().anyMatch(child -> !images.contains(child))) {
            return unable(id, "cannot be forced", "image has dependent child images");
        }
        Map<String, Boolean> containers = usage.containersOf(id);
        for (Map.Entry<String, Boolean> each : containers.entrySet()) {
            if (each.getValue()) {
                return unable(
                        id, "cannot be forced", "image is being used by running container " + shortId(each.getKey()));
            }
        }
        if (force) {
            return null;
        }
        if (references && !references(id).isEmpty()) {
            return unable(id, "must be forced", "image is referenced in multiple repositories");
        }
        for (String container : containers.keySet()) {
            return unable(id, "must be forced", "image is being used by stopped container " + shortId(container));
        }
        return null;
    }

    private static NaruException unable(String id, String remedy, String reason) {
        return new NaruException(
                ErrorKind.CONFLICT, "conflict: unable to delete " + shortId(id) + " (" + remedy + ") - " + reason);
    }

    /** Layers from the top down to the first that another image or a container stands on. */
    private void releaseLayers(String chainId) {
        Set<String> needed = new HashSet<>();
        catalogue.images().values().stream()
                .filter(image -> !images.contains(image.id()))
                .forEach(image -> layerStore.addChain(needed, image.chainId()));
        snapshotChains.forEach(chain -> layerStore.addChain(needed, chain));
        for (String at = chainId; !at.isEmpty() && !needed.contains(at); ) {
            StoredLayer layer = layerStore.find(at).orElse(null);
            if (layer == null || layers.contains(layer)) {
                return;
            }
            layers.add(layer);
            steps.add(new Removal(null, at));
            at = layer.parent();
        }
    }

    private static String shortId(String id) {
        String hex = id.startsWith("sha256:") ? id.substring("sha256:".length()) : id;
        return hex.length() > 12 ? hex.substring(0, 12) : hex;
    }
}
