package dev.naru.image;

class ErofsSnapshotterTest extends SnapshotterConformance {
    @Override
    String driver() {
        return "erofs";
    }
}
