package org.craq.node.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.craq.core.chain.ChainId;
import org.craq.core.chain.NodeId;
import org.craq.core.chain.Seq;
import org.craq.core.file.FileName;
import org.craq.node.files.FileStore;
import org.craq.node.metadata.CleanState;
import org.craq.node.metadata.NamePrefix;

/** The files that this node holds at a commit mark, by name; the store's own files are one row. */
record HeldFiles(FileStore files, CleanState state, NodeId node, ChainId chain, Seq mark) {
    private static final int OWN_AT_ONCE = 1000;

    /** Returns a page of the names that begin with a prefix and come after the given name, in byte order. */
    List<CleanState.Held> page(String prefix, String after, int limit) {
        String behind = after.equals(FileName.OWN) ? NamePrefix.last(FileName.OWN) : after;
        List<CleanState.Held> page =
                new ArrayList<>(files.look(() -> state.page(node, chain, prefix, behind, limit, mark)));
        int place = (int) page.stream().filter(file -> beforeOwn(file.name())).count();
        if (FileName.OWN.startsWith(prefix) && beforeOwn(after) && place < limit) {
            own().ifPresent(row -> page.add(place, row));
        }
        return page.subList(0, Math.min(page.size(), limit));
    }

    private static boolean beforeOwn(String name) {
        return Arrays.compareUnsigned(
                        name.getBytes(StandardCharsets.UTF_8), FileName.OWN.getBytes(StandardCharsets.UTF_8))
                < 0;
    }

    /** Returns the row of the store's own files; empty when there are none. Reads them in batches, so that others can read too. */
    private Optional<CleanState.Held> own() {
        MessageDigest digest = sha256();
        int count = 0;
        List<CleanState.Held> part = List.of();
        do {
            String after = part.isEmpty() ? "" : part.get(part.size() - 1).name();
            part = files.look(() -> state.own(node, chain, after, OWN_AT_ONCE, mark));
            part.forEach(file -> add(digest, file));
            count += part.size();
        } while (!part.isEmpty());
        return count == 0
                ? Optional.empty()
                : Optional.of(new CleanState.Held(
                        FileName.OWN,
                        count + " files of the store's own, SHA-256 "
                                + HexFormat.of().formatHex(digest.digest())));
    }

    static String sha256(List<CleanState.Held> page) {
        MessageDigest digest = sha256();
        page.forEach(file -> add(digest, file));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(MessageDigest digest, CleanState.Held file) {
        digest.update((file.name() + "\0" + file.holding() + "\0").getBytes(StandardCharsets.UTF_8));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
