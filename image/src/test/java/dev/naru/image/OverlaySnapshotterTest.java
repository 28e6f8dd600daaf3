package dev.naru.image;

class OverlaySnapshotterTest extends SnapshotterConformance {
    @Override
    String driver() {
        return "overlay2";
    }
}
