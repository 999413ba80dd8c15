package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.craq.client.CraqClient;
import org.craq.client.DeleteOptions;
import org.craq.client.FileVersion;
import org.craq.client.GetOptions;
import org.craq.client.MemberInfo;
import org.craq.client.PutOptions;
import org.craq.client.VersionInfo;
import org.craq.client.VersionOptions;
import org.craq.cluster.DatabaseAccess;
import org.craq.cluster.LocalCluster;
import org.craq.cluster.StatusPage;
import org.craq.system.TestCluster;
import org.craq.wire.CraqException;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;

/**
 * Tests what a chain no longer keeps, with servers that keep three versions and forget after seconds: old contents are
 * pruned, deleted files disappear permanently, and a node that was away for longer starts from scratch and resurrects
 * nothing. Most tests wait for retention, so they run concurrently, except the one that kills servers.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = RetentionIT.SERVERS, mode = ResourceAccessMode.READ, target = ResourceLockTarget.CHILDREN)
@Timeout(600)
class RetentionIT {
    static final String SERVERS = "servers of RetentionIT";

    private static final int KEPT = 3;
    private static final int UPLOAD_SECONDS = 20;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final List<String> NODES = List.of("n1", "n2");

    private TestCluster own;
    private LocalCluster cluster;
    private CraqClient client;

    @BeforeAll
    void start() {
        own = TestCluster.create("retention", settings -> settings.nodes(NODES.size())
                .property("craq.node.retention.versions", Integer.toString(KEPT))
                .property("craq.node.retention.window.seconds", "4")
                .property("craq.node.uploads.expire.seconds", Integer.toString(UPLOAD_SECONDS))
                .startLimit(Duration.ofMinutes(6)));
        cluster = own.cluster();
        cluster.up();
        client = CraqClient.builder().manager(cluster.managerAddress()).build();
    }

    @AfterAll
    void stop() throws IOException {
        client.close();
        own.close();
    }

    @Test
    void ofEachFileTheNewestVersionsStay() throws IOException {
        List<FileVersion> versions = new ArrayList<>();
        for (int i = 0; i < KEPT + 4; i++) {
            versions.add(put("often", "version " + i));
        }
        for (String node : NODES) {
            await().atMost(PATIENCE).until(() -> chunks(node, "often").size() == KEPT);
            for (int i = 4; i < versions.size(); i++) {
                assertThat(read("often", GetOptions.defaults().withNode(node).withVersion(versions.get(i))))
                        .isEqualTo("version " + i);
            }
            assertThat(client.versions("often", VersionOptions.all().withNode(node))
                            .versions())
                    .filteredOn(VersionInfo::readable)
                    .extracting(version -> version.file().version())
                    .isEqualTo(newestFirst(versions.subList(4, versions.size())));
            GetOptions oldest = GetOptions.defaults().withNode(node).withVersion(versions.get(0));
            assertThatThrownBy(() -> read("often", oldest))
                    .isInstanceOfSatisfying(CraqException.class, e -> assertThat(e.code())
                            .isIn(ErrorCode.VERSION_PRUNED, ErrorCode.NOT_FOUND));
        }
    }

    private static List<FileVersion> newestFirst(List<FileVersion> versions) {
        List<FileVersion> reversed = new ArrayList<>(versions);
        Collections.reverse(reversed);
        return reversed;
    }

    @Test
    void partsOfAnUploadGiveTheirSpaceBackWhenTheFileIsThere() {
        Tus node = new Tus(new Rest(), cluster.nodeUrl("n1"));
        String path = Tus.path(node.create("in-parts", 3));
        for (int i = 0; i < 3; i++) {
            assertThat(node.send(path, i, new byte[] {1}).status()).isEqualTo(204);
        }
        for (String each : NODES) {
            assertThat(chunks(each, "in-parts")).hasSize(1);
            await().atMost(PATIENCE).until(() -> parts(each, path) == 0);
        }
    }

    private long parts(String node, String path) {
        String id = path.substring(path.lastIndexOf('/') + 1);
        return query("SELECT seq, file_name, FALSE FROM chunk_metadata WHERE node_id = ?", node).stream()
                .filter(row -> row.name().contains(id))
                .count();
    }

    /** All but the newest three versions are pruned; contents that these share are kept, and nothing else. */
    @Test
    void whatWasAppendedToKeepsWhatItsNewestVersionsHave() throws IOException {
        put("log", "a rather long beginning");
        put("log", "another beginning, which is longer");
        for (int i = 0; i < 12; i++) {
            append("log", "line " + i + (i % 3 == 0 ? " is long" : "") + "\n");
        }
        String whole = read("log", GetOptions.defaults());
        assertThat(whole).startsWith("another beginning").endsWith("line 11\n");
        client.copy("log", "log, copied");
        client.delete("log");
        for (String node : NODES) {
            await().atMost(PATIENCE)
                    .until(() -> log(node).stream().noneMatch(row -> row.name().equals("log")));
            await().atMost(PATIENCE).until(() -> contentsOf(node, "log").equals(contentsNeeded(node, "log, copied")));
            assertThat(read("log, copied", GetOptions.defaults().withNode(node)))
                    .isEqualTo(whole);
        }
        client.delete("log, copied");
        for (String node : NODES) {
            await().atMost(PATIENCE).until(() -> contentsOf(node, "log").isEmpty());
        }
    }

    /** A deleted version counts as one of the versions that are kept, so all members keep the same. */
    @Test
    void aVersionThatIsDeletedByItselfGivesItsSpaceBackAndTheOthersStay() throws IOException {
        FileVersion first = put("by version", "first");
        FileVersion second = put("by version", "second");
        append("by version", " and third");
        GetOptions old = GetOptions.defaults().withVersion(first);
        client.delete("by version", DeleteOptions.defaults().withVersion(first));
        for (String node : NODES) {
            assertThatThrownBy(() -> read("by version", old.withNode(node)))
                    .isInstanceOfSatisfying(
                            CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VERSION_PRUNED));
        }
        client.delete("by version", DeleteOptions.defaults().withVersion(second));
        put("written after", "x");
        for (String node : NODES) {
            await().atMost(PATIENCE).until(() -> !contentsOf(node, "by version").contains(first.seq()));
            assertThat(read("by version", GetOptions.defaults().withNode(node))).isEqualTo("second and third");
            assertThat(client.versions("by version", VersionOptions.all().withNode(node))
                            .versions())
                    .extracting(VersionInfo::readable)
                    .startsWith(true, false);
        }
        // Notes are kept as long as the rows of their versions.
        assertThat(notes("n1")).hasSizeGreaterThanOrEqualTo(2);
        client.delete("by version");
        for (String node : NODES) {
            await().atMost(PATIENCE)
                    .until(() -> log(node).stream().noneMatch(row -> row.name().equals("by version")));
        }
        await().atMost(PATIENCE).until(() -> notes("n1").equals(notes("n2")));
    }

    private List<Row> notes(String node) {
        return log(node).stream()
                .filter(row -> row.name().startsWith(".craq/deleted/"))
                .toList();
    }

    private Set<Long> contentsOf(String node, String name) {
        return chunks(node, name).stream().map(Row::seq).collect(Collectors.toSet());
    }

    /** Returns the positions in the log of the entries that brought a file's contents. */
    private Set<Long> contentsNeeded(String node, String name) {
        return query(
                        "SELECT c.seq, p.file_name, FALSE FROM version_part p JOIN chunk_metadata c"
                                + " ON c.node_id = p.node_id AND c.chunk_id = p.chunk_id WHERE p.node_id = ?",
                        node)
                .stream()
                .filter(row -> row.name().equals(name))
                .map(Row::seq)
                .collect(Collectors.toSet());
    }

    @Test
    void anUploadThatNobodyGoesOnWithIsGivenUp() {
        Tus node = new Tus(new Rest(), cluster.nodeUrl("n2"));
        String path = Tus.path(node.create("given-up", 3));
        assertThat(node.send(path, 0, new byte[] {1}).status()).isEqualTo(204);
        assertThat(node.offset(path)).isEqualTo(1);

        // The status is 410 until the next sweep of all uploads, which may be at once, and 404 from then on.
        await().atMost(PATIENCE)
                .until(() -> Set.of(410, 404).contains(node.head(path).status()));
        assertThat(node.send(path, 1, new byte[] {1}).status()).isIn(410, 404);
        await().atMost(PATIENCE).until(() -> node.head(path).status() == 404);
        for (String each : NODES) {
            await().atMost(PATIENCE).until(() -> parts(each, path) == 0);
        }
    }

    @Test
    @ResourceLock(SERVERS)
    void aNodeThatWasAwayForLongerBeginsAnewAndNothingComesBack() throws IOException {
        try {
            awayAndBack();
        } finally {
            // The next test needs both nodes, even after a failure.
            cluster.up();
            awaitBoth();
        }
    }

    private void awaitBoth() {
        await().atMost(PATIENCE)
                .until(() -> client.chain().members().size() == NODES.size()
                        && client.chain().members().stream().allMatch(MemberInfo::complete));
    }

    private void awayAndBack() throws IOException {
        put("deleted while away", "x");
        put("kept while away", "before");
        put("copied", "shared");
        client.copy("copied", "copy");
        put("appended", "first part");
        append("appended", "+");
        client.copy("appended", "appended, copied");
        FileVersion old = put("old version deleted", "old");
        client.copy("old version deleted", "copy of it");
        put("old version deleted", "new");
        for (int i = 0; i < 10; i++) {
            put("file " + i, "content " + i);
        }
        cluster.kill("n2");
        await().atMost(PATIENCE).until(() -> client.chain().members().size() == 1);
        client.delete("deleted while away");
        client.delete("copied");
        client.delete("appended");
        client.delete("old version deleted", DeleteOptions.defaults().withVersion(old));
        put("kept while away", "after");
        long deletedUpTo = put("written last", "y").seq();

        await().atMost(PATIENCE).until(() -> member("n1").get("forgottenMark").getAsLong() >= deletedUpTo);
        await().atMost(PATIENCE)
                .until(() -> log("n1").stream().noneMatch(row -> row.name().equals("deleted while away")));
        assertThat(log("n2")).as("the node that is away").extracting(Row::name).contains("deleted while away");

        cluster.start("n2");
        awaitBoth();
        await().atMost(PATIENCE).until(() -> member("n2").get("serving").getAsBoolean());
        GetOptions there = GetOptions.defaults().withNode("n2");
        assertThatThrownBy(() -> read("deleted while away", there))
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
        assertThat(read("kept while away", there)).isEqualTo("after");
        assertThat(read("file 7", there)).isEqualTo("content 7");
        assertThat(read("copy", there))
                .as("shared with a version that has been forgotten")
                .isEqualTo("shared");
        assertThat(read("appended, copied", there)).isEqualTo("first part+");
        assertThat(read("copy of it", there)).isEqualTo("old");
        assertThatThrownBy(() -> read("old version deleted", there.withVersion(old)))
                .isInstanceOfSatisfying(
                        CraqException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VERSION_PRUNED));
        assertThat(log("n2")).isEqualTo(log("n1"));

        // It is a member like any other: it takes part, if necessary alone.
        put("written with both", "z");
        cluster.kill("n1");
        await().atMost(PATIENCE).until(() -> client.chain().members().size() == 1);
        assertThat(read("written with both", GetOptions.defaults())).isEqualTo("z");
        assertThat(read("written last", GetOptions.defaults())).isEqualTo("y");
        assertThat(read("copy", GetOptions.defaults())).isEqualTo("shared");
        assertThat(read("appended, copied", GetOptions.defaults())).isEqualTo("first part+");
        append("appended, copied", "+");
        assertThat(read("appended, copied", GetOptions.defaults())).isEqualTo("first part++");
    }

    @Test
    void aDownloadThatHasBegunGetsAllOfAFileThatIsForgottenMeanwhile() throws IOException {
        byte[] content = RandomBytes.array(91, 32 << 20);
        client.put("read while forgotten", new ByteArrayInputStream(content));
        GetOptions there = GetOptions.defaults().withNode("n1");
        boolean[] forgotten = new boolean[1];

        String digest = Digest.of(target -> client.get(
                "read while forgotten",
                new FilterOutputStream(target) {
                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        out.write(bytes, offset, length);
                        if (!forgotten[0]) {
                            forgotten[0] = true;
                            client.delete("read while forgotten");
                            put("written after", "y");
                            await().atMost(PATIENCE).until(() -> log("n1").stream()
                                    .noneMatch(row -> row.name().equals("read while forgotten")));
                            assertThat(chunks("n1", "read while forgotten")).hasSize(32);
                        }
                    }
                },
                there));

        assertThat(digest).isEqualTo(Digest.of(content));
        for (String node : NODES) {
            await().atMost(PATIENCE)
                    .until(() -> chunks(node, "read while forgotten").isEmpty());
        }
    }

    private FileVersion put(String name, String text) throws IOException {
        return client.put(name, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
                .version();
    }

    private void append(String name, String text) throws IOException {
        client.append(name, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), PutOptions.defaults());
    }

    private String read(String name, GetOptions options) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        client.get(name, target, options);
        return target.toString(StandardCharsets.UTF_8);
    }

    private JsonObject member(String node) {
        return new StatusPage()
                .get(cluster.nodeUrl(node), "/v1/admin/status")
                .map(JsonElement::getAsJsonObject)
                .map(status -> status.getAsJsonArray("chains").get(0).getAsJsonObject())
                .orElseGet(() -> nothingYet());
    }

    private static JsonObject nothingYet() {
        JsonObject nothing = new JsonObject();
        nothing.addProperty("forgottenMark", -1);
        nothing.addProperty("serving", false);
        return nothing;
    }

    private record Row(long seq, String name, boolean deleted) {}

    /** Returns what is left of a node's log. */
    private List<Row> log(String node) {
        return query(
                "SELECT seq, file_name, deleted FROM file_version WHERE node_id = ? ORDER BY seq, file_name", node);
    }

    private List<Row> chunks(String node, String name) {
        return query("SELECT seq, file_name, FALSE FROM chunk_metadata WHERE node_id = ? ORDER BY seq, file_name", node)
                .stream()
                .filter(row -> row.name().equals(name))
                .toList();
    }

    private List<Row> query(String sql, String node) {
        DatabaseAccess access = cluster.databaseAccess(node);
        try (Connection connection = DriverManager.getConnection(access.url(), access.user(), access.password());
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, node);
            List<Row> rows = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.add(new Row(row.getLong(1), row.getString(2), row.getBoolean(3)));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new AssertionError("the database can't be read", e);
        }
    }
}
