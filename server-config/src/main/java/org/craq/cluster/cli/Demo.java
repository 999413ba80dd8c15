package org.craq.cluster.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.craq.client.ChainInfo;
import org.craq.client.CraqClient;
import org.craq.client.GetOptions;
import org.craq.client.MemberInfo;
import org.craq.client.Receipt;
import org.craq.client.cli.Sha256;
import org.craq.cluster.LocalCluster;

/** Stores one file in a running cluster and shows for each member that it has the bytes and the metadata. */
final class Demo {
    private final LocalCluster cluster;
    private final Path source;
    private final String name;
    private final boolean delete;
    private final PrintWriter out;

    /**
     * Creates a demonstration.
     *
     * @param name name under which the file is stored
     * @param delete whether to delete the file from the store at the end
     */
    Demo(LocalCluster cluster, Path source, String name, boolean delete, PrintWriter out) {
        this.cluster = cluster;
        this.source = source;
        this.name = name;
        this.delete = delete;
        this.out = out;
    }

    /** Returns true if every copy equals the source and every member holds all of its chunks. */
    boolean run() throws IOException, InterruptedException {
        try (CraqClient client = cluster.client().build()) {
            ChainInfo chain = client.chain();
            out.println("== The chain " + chain.chainId() + ", epoch " + chain.epoch());
            out.println("  client -> " + picture(chain));
            Sha256 expected = Sha256.of(target -> Files.copy(source, target));
            Receipt receipt = store(client, expected);
            boolean same = readBack(client, chain, expected);
            boolean complete = showMetadata(client, chain, receipt);
            if (delete) {
                client.delete(name);
            }
            return same && complete;
        }
    }

    private Receipt store(CraqClient client, Sha256 expected) throws IOException {
        out.println("== Storing " + source + " as " + name);
        out.println("  SHA-256 of the source " + expected.hex());
        long begin = System.nanoTime();
        Receipt receipt = client.put(name, source);
        print("head", "client", new Sha256(expected.hex(), receipt.length(), System.nanoTime() - begin), "stored");
        out.println("  receipt: version " + receipt.version() + ", " + receipt.length() + " bytes, CRC32C "
                + receipt.crc32cHex() + ", durable on " + String.join(", ", receipt.members()) + ", epoch "
                + receipt.epoch());
        return receipt;
    }

    private boolean readBack(CraqClient client, ChainInfo chain, Sha256 expected)
            throws IOException, InterruptedException {
        out.println("== Reading it back from every member");
        RestRead rest = new RestRead(cluster.http(), cluster.authorization());
        boolean all = true;
        for (MemberInfo member : chain.members()) {
            Sha256 byClient = Sha256.of(
                    target -> client.get(name, target, GetOptions.defaults().withNode(member.nodeId())));
            all &= compare(member, "client", byClient, expected);
            Sha256 byRest = Sha256.of(target -> rest.copy(member.httpUrl(), name, target));
            all &= compare(member, "REST", byRest, expected);
        }
        return all;
    }

    private boolean showMetadata(CraqClient client, ChainInfo chain, Receipt receipt) throws InterruptedException {
        out.println("== What the members hold of version " + receipt.version());
        MetadataRows rows = new MetadataRows(cluster);
        List<MetadataRows.Holding> holdings =
                rows.awaitClean(chain.chainId(), name, receipt.version().seq());
        boolean complete = true;
        for (MemberInfo member : chain.members()) {
            boolean clean = client.stat(name, GetOptions.defaults().withNode(member.nodeId()))
                    .clean();
            List<String> parts = new ArrayList<>();
            long bytes = 0;
            for (MetadataRows.Holding holding : holdings) {
                if (holding.nodeId().equals(member.nodeId())) {
                    parts.add(holding.chunks() + " chunk rows " + holding.state());
                    bytes += holding.bytes();
                }
            }
            boolean whole = bytes == receipt.length();
            complete &= whole && clean;
            out.printf(
                    "  %-4s %-6s version is %s; %s, %d bytes%s%n",
                    member.nodeId(),
                    roleOf(member),
                    clean ? "clean" : "DIRTY",
                    parts.isEmpty() ? "no chunk rows" : String.join(", ", parts),
                    bytes,
                    whole ? "" : "  <- INCOMPLETE");
        }
        return complete;
    }

    private boolean compare(MemberInfo member, String way, Sha256 read, Sha256 expected) {
        boolean same = read.hex().equals(expected.hex());
        print(member.nodeId(), way, read, same ? "SHA-256 equal" : "SHA-256 DIFFERS: " + read.hex());
        return same;
    }

    private void print(String who, String way, Sha256 transfer, String result) {
        double mebibytes = transfer.bytes() / 1048576.0;
        out.printf(
                Locale.ROOT,
                "  %-4s %-6s %8.1f MiB in %6.2f s %8.1f MiB/s  %s%n",
                who,
                way,
                mebibytes,
                transfer.seconds(),
                mebibytes / transfer.seconds(),
                result);
    }

    private static String picture(ChainInfo chain) {
        return chain.members().stream()
                .map(member -> "[" + member.nodeId() + " " + roleOf(member) + "]")
                .collect(Collectors.joining(" -> "));
    }

    private static String roleOf(MemberInfo member) {
        return member.role().name().toLowerCase(Locale.ROOT);
    }
}
