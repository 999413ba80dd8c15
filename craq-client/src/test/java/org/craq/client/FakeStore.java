package org.craq.client;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.CRC32C;
import org.craq.wire.v1.ChangeRequest;
import org.craq.wire.v1.FileInfo;
import org.craq.wire.v1.Receipt;
import org.craq.wire.v1.Step;
import org.craq.wire.v1.Turn;
import org.craq.wire.v1.Version;
import org.craq.wire.v1.VersionInfo;
import org.craq.wire.v1.WriteHeader;

/**
 * The state that the fake nodes share, as if replication took no time; it also records every violation of the protocol.
 */
final class FakeStore {
    static final int EPOCH = 3;

    final FakeGate gate = new FakeGate();
    final List<String> breaches = new CopyOnWriteArrayList<>();
    final List<WriteHeader> headers = new CopyOnWriteArrayList<>();
    private final Map<String, List<Stored>> files = new ConcurrentSkipListMap<>();
    private final Map<String, Receipt> byWriteId = new ConcurrentHashMap<>();
    private final Map<String, List<Receipt>> changes = new ConcurrentHashMap<>();
    /** What has arrived of resumable writes, by write id. */
    private final Map<String, byte[]> kept = new ConcurrentHashMap<>();

    /** False for nodes of an older build, which ignore that a write is resumable. */
    volatile boolean resumes = true;

    private long seq;

    record Stored(FileInfo info, ByteString content) {}

    synchronized Receipt put(WriteHeader header, byte[] brought) {
        Receipt known = byWriteId.get(header.getWriteId());
        if (known != null) {
            return known;
        }
        byte[] content = header.getAppends() ? appended(header.getName(), brought) : brought;
        Version version = Version.newBuilder().setEpoch(EPOCH).setSeq(++seq).build();
        CRC32C crc = new CRC32C();
        crc.update(content);
        FileInfo info = FileInfo.newBuilder()
                .setName(header.getName())
                .setVersion(version)
                .setLength(content.length)
                .setCrc32C((int) crc.getValue())
                .setContentType(header.getContentType())
                .putAllUserMetadata(header.getUserMetadataMap())
                .setCreatedAtMillis(1_700_000_000_000L)
                .setChunkSize(header.getChunkSize())
                .setClean(true)
                .build();
        files.computeIfAbsent(header.getName(), name -> new ArrayList<>())
                .add(new Stored(info, ByteString.copyFrom(content)));
        Receipt receipt = receipt(header.getName(), version)
                .setLength(content.length)
                .setCrc32C((int) crc.getValue())
                .build();
        byWriteId.put(header.getWriteId(), receipt);
        kept.remove(header.getWriteId());
        return receipt;
    }

    private boolean resumable(WriteHeader header) {
        return resumes && header.hasResumableLength();
    }

    /** Returns what the content of a write begins with. */
    byte[] kept(WriteHeader header) {
        return resumable(header) ? kept.getOrDefault(header.getWriteId(), new byte[0]) : new byte[0];
    }

    /** Records what has arrived of a write that breaks off, if it is resumable. */
    synchronized void keep(WriteHeader header, byte[] content) {
        if (resumable(header) && content.length > kept(header).length && !byWriteId.containsKey(header.getWriteId())) {
            kept.put(header.getWriteId(), content);
        }
    }

    synchronized void discard(WriteHeader header) {
        kept.remove(header.getWriteId());
    }

    int keptUploads() {
        return kept.size();
    }

    /** Tells the client that its turn has come. */
    Turn granted(WriteHeader header) {
        Turn.Builder turn = Turn.newBuilder().setCome(true);
        if (!resumable(header)) {
            return turn.build();
        }
        if (byWriteId.containsKey(header.getWriteId())) {
            return turn.setKept(header.getResumableLength()).build();
        }
        byte[] bytes = kept(header);
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return turn.setKept(bytes.length).setKeptCrc32C((int) crc.getValue()).build();
    }

    /** Returns the receipt of a write that is known; empty if it is not. */
    Optional<Receipt> written(WriteHeader header) {
        return Optional.ofNullable(byWriteId.get(header.getWriteId()));
    }

    private byte[] appended(String name, byte[] brought) {
        Stored before = find(name, Version.getDefaultInstance());
        return before == null
                ? brought
                : before.content().concat(ByteString.copyFrom(brought)).toByteArray();
    }

    /** Deletes a file; returns null if it does not exist and the write id is new. */
    synchronized Receipt delete(String name, String writeId) {
        Receipt known = byWriteId.get(writeId);
        if (known == null && files.remove(name) != null) {
            known = receipt(
                            name,
                            Version.newBuilder().setEpoch(EPOCH).setSeq(++seq).build())
                    .build();
            byWriteId.put(writeId, known);
        }
        return known;
    }

    /** Applies changes; returns an empty list if a source is missing and the write id is new. */
    synchronized List<Receipt> change(ChangeRequest request) {
        List<Receipt> known = changes.get(request.getWriteId());
        if (known != null) {
            return known;
        }
        List<Receipt> receipts = new ArrayList<>();
        for (Step step : request.getStepsList()) {
            if (step.hasDelete()) {
                receipts.add(
                        delete(step.getDelete().getName(), UUID.randomUUID().toString()));
            } else if (step.hasCopy()) {
                Stored source = find(step.getCopy().getSource(), step.getCopy().getSourceVersion());
                if (source == null) {
                    return List.of();
                }
                receipts.add(put(
                        WriteHeader.newBuilder()
                                .setName(step.getCopy().getName())
                                .setWriteId(UUID.randomUUID().toString())
                                .setContentType(source.info().getContentType())
                                .setChunkSize(source.info().getChunkSize())
                                .build(),
                        source.content().toByteArray()));
                if (step.getCopy().getRemovesSource()) {
                    files.remove(step.getCopy().getSource());
                }
            }
        }
        changes.put(request.getWriteId(), receipts);
        return receipts;
    }

    private static Receipt.Builder receipt(String name, Version version) {
        return Receipt.newBuilder()
                .setName(name)
                .setVersion(version)
                .setEpoch(EPOCH)
                .setSession("c1:" + version.getEpoch() + "-" + version.getSeq())
                .addAllMembers(List.of("n1", "n2", "n3"));
    }

    /** Returns a version, or null if it does not exist. */
    synchronized Stored find(String name, Version version) {
        List<Stored> versions = files.getOrDefault(name, List.of());
        return versions.stream()
                .filter(stored ->
                        version.getSeq() == 0 || stored.info().getVersion().equals(version))
                .reduce((first, second) -> second)
                .orElse(null);
    }

    /** Returns the versions, newest first; if there are several, the second one is pruned. */
    synchronized List<VersionInfo> versions(String name) {
        List<VersionInfo> versions = new ArrayList<>();
        for (Stored stored : files.getOrDefault(name, List.of())) {
            versions.add(0, VersionInfo.newBuilder().setFile(stored.info()).build());
        }
        if (versions.size() > 1) {
            versions.set(1, versions.get(1).toBuilder().setPruned(true).build());
        }
        return versions;
    }

    byte[] content(String name) {
        return find(name, Version.getDefaultInstance()).content().toByteArray();
    }

    /** Changes the bytes of a file, but not the recorded checksum. */
    synchronized void tamper(String name) {
        List<Stored> versions = files.get(name);
        Stored last = versions.get(versions.size() - 1);
        versions.set(
                versions.size() - 1,
                new Stored(
                        last.info(), ByteString.copyFrom(new byte[last.content().size()])));
    }

    synchronized void tamperAll() {
        files.keySet().forEach(this::tamper);
    }

    synchronized List<FileInfo> list(String prefix) {
        return files.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .map(entry -> entry.getValue().get(entry.getValue().size() - 1).info())
                .toList();
    }
}
