package org.craq.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.craq.client.FakeCluster;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AccessCommandsTest {
    private static final String SECRET = "Correct-Horse-Battery";
    private static final String ANNA =
            """
            {"name":"anna","enabled":true,"hasPassword":true,"grants":["reader:docs/","writer:a b/"],\
            "keys":[{"id":"CKAAAAAAAAAAAAAAAAAA","secret":null,"user":"anna","limits":["reader:docs/"],\
            "expiresAt":"2027-03-01T00:00:00.123Z","createdAt":"2026-12-01T00:00:00Z"}],\
            "createdAt":"2026-12-01T00:00:00Z"}""";

    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private FakeCluster cluster;
    private FakeManager manager;
    /** What is known about a cluster on this machine. */
    private KnownCluster.Facts here = KnownCluster.Facts.none();

    @BeforeEach
    void start() throws IOException {
        environment.put("HOME", folder.toString());
        cluster = new FakeCluster();
        cluster.gate().know("anna", SECRET);
        cluster.gate().know("CK1", SECRET);
        cluster.gate().close();
        manager = new FakeManager();
        manager.on("GET /v1/admin/users/anna", 200, ANNA);
        manager.on("PUT /v1/admin/users/anna", 200, ANNA);
        manager.refuse("GET /v1/admin/users/bert", 404, "NOT_FOUND", "there is no user bert");
    }

    @AfterEach
    void stop() {
        cluster.close();
        manager.close();
    }

    private record Outcome(int code, String out, String errors) {
        JsonObject json() {
            assertThat(errors).isEmpty();
            return JsonParser.parseString(out).getAsJsonObject();
        }
    }

    private Outcome plain(String in, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        CommandLine line = CraqCommand.commandLine(
                Streams.of(
                        new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                        new StandardOutput(out, false),
                        errors,
                        false),
                environment);
        CraqCommand craq = line.getCommand();
        craq.knownCluster(
                addresses -> addresses.equals(List.of(cluster.managerAddress())) ? here : KnownCluster.Facts.none());
        int code = Main.run(line, args);
        return new Outcome(code, out.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
    }

    private Outcome run(String in, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--manager", cluster.managerAddress(), "--timeout", "3"));
        return plain(in, all.toArray(String[]::new));
    }

    /** Runs a command that asks the manager by REST, with an access key. */
    private Outcome ask(String in, String... args) throws IOException {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--manager-url", manager.url(), "--access-key-file", key().toString()));
        return run(in, all.toArray(String[]::new));
    }

    private Path key() throws IOException {
        Path file = folder.resolve("a.key");
        return Files.exists(file) ? file : secret("a.key", "CK1:" + SECRET);
    }

    private Path secret(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, content);
    }

    private Path loginToken() {
        return folder.resolve(".config/craq/token");
    }

    private String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void aLoginIsGoodForTheNextCommandsUntilTheLogout() throws IOException {
        assertThat(run("", "ls").code()).isEqualTo(1);
        Outcome login = run(SECRET + "\nmore", "login", "anna");
        assertThat(login.errors()).isEmpty();
        assertThat(login.out())
                .startsWith("logged in as anna until 20")
                .endsWith("the token is in " + loginToken() + "\n");
        assertThat(loginToken()).hasContent("token-1");
        assertThat(mode(loginToken())).isEqualTo("rw-------");
        assertThat(mode(loginToken().getParent())).isEqualTo("rwx------");
        assertThat(run("", "ls").code()).isZero();
        assertThat(run(SECRET, "login", "anna", "--json").json().get("user").getAsString())
                .isEqualTo("anna");
        assertThat(loginToken()).hasContent("token-2");
        assertThat(run("", "logout").out()).startsWith("logged out");
        assertThat(loginToken()).doesNotExist();
        assertThat(run("", "logout").out()).isEqualTo("nobody is logged in\n");
        assertThat(run("", "ls").code()).isEqualTo(1);
    }

    @Test
    void aLoginThatFailsLeavesNoTokenAndShowsNoPassword() {
        Outcome wrong = run(SECRET + "x", "login", "anna", "--debug");
        assertThat(wrong.code()).isEqualTo(1);
        assertThat(wrong.errors()).contains("the name or the secret is wrong").doesNotContain(SECRET);
        assertThat(run("", "login", "anna").code()).isEqualTo(2);
        assertThat(loginToken()).doesNotExist();
        Outcome remote = plain(SECRET, "login", "anna", "--manager", "10.0.0.5:9005");
        assertThat(remote.code()).isEqualTo(2);
        assertThat(remote.errors()).contains("credentials must not go to manager 10.0.0.5:9005 unencrypted");
    }

    @Test
    void whoIsRefusedLearnsWhatToDo() throws IOException {
        Outcome anonymous = run("", "ls");
        assertThat(anonymous.errors())
                .contains("this client has no credentials")
                .endsWith("craq: get a token with 'craq login', or name an access key: --access-key-file FILE\n")
                .hasLineCount(2);
        cluster.gate().refuse("ListFiles", ErrorCode.PERMISSION_DENIED);
        Outcome denied = run("", "ls", "--access-key-file", key().toString());
        assertThat(denied.code()).isEqualTo(1);
        assertThat(denied.errors()).contains("craq grant add USER ROLE:PREFIX").hasLineCount(2);
    }

    @Test
    void aManagerThatLimitsItsCallersIsAskedAgainLater() throws IOException {
        manager.limit("GET /v1/admin/users/anna");
        long before = System.nanoTime();
        assertThat(ask("", "user", "show", "anna").code()).isZero();
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(1_000_000_000L);
        assertThat(manager.requests).hasSize(2);
    }

    @Test
    void whatIsNamedGoesBeforeWhatIsFound() throws IOException {
        cluster.gate().accept("by-option");
        cluster.gate().accept("by-variable");
        Path option = secret("option", "by-option");
        Path variable = secret("variable", "by-variable");
        Path administrator = secret("admin.key", "CK1:" + SECRET);
        run(SECRET, "login", "anna");
        assertThat(tokenOf("ls")).isEqualTo("token-1");
        here = new KnownCluster.Facts(List.of(), Optional.of(folder.resolve("none")));
        assertThat(tokenOf("ls")).isEqualTo("token-1");
        here = new KnownCluster.Facts(List.of(), Optional.of(administrator));
        assertThat(tokenOf("ls")).isEqualTo("token-2");
        environment.put("CRAQ_TOKEN_FILE", variable.toString());
        assertThat(tokenOf("ls")).isEqualTo("by-variable");
        assertThat(tokenOf("ls", "--token-file", option.toString())).isEqualTo("by-option");
        assertThat(tokenOf("ls", "--access-key-file", key().toString())).isEqualTo("token-3");
        assertThat(run("", "ls", "--access-key-file", key().toString(), "--token-file", option.toString())
                        .code())
                .isEqualTo(2);
        environment.put("CRAQ_ACCESS_KEY_FILE", key().toString());
        assertThat(run("", "ls").errors()).contains("CRAQ_TOKEN_FILE and CRAQ_ACCESS_KEY_FILE are both given");
        environment.clear();
        environment.put("XDG_CONFIG_HOME", folder.resolve("x").toString());
        here = KnownCluster.Facts.none();
        assertThat(run("", "ls").code()).isEqualTo(1);
    }

    private String tokenOf(String... args) {
        Outcome outcome = run("", args);
        assertThat(outcome.code()).as(outcome.errors()).isZero();
        List<String> calls = cluster.gate().calls();
        return calls.get(calls.size() - 1).replaceFirst(".* ", "");
    }

    @Test
    void aLoginSaysWhichOtherSourceIsUsedFirst() throws IOException {
        here = new KnownCluster.Facts(List.of(), Optional.of(key()));
        assertThat(run(SECRET, "login", "anna").errors()).contains("use another source first: access key in " + key());
    }

    @Test
    void whatNobodyHasNamedIsNotSentUnencrypted() throws IOException {
        run(SECRET, "login", "anna");
        Outcome remote = plain("", "ls", "--manager", "192.0.2.1:9", "--timeout", "1");
        assertThat(remote.errors()).doesNotContain("unencrypted");
        Outcome named = plain(
                "",
                "ls",
                "--manager",
                "192.0.2.1:9",
                "--token-file",
                loginToken().toString());
        assertThat(named.code()).isEqualTo(2);
        assertThat(named.errors()).contains("unencrypted");
    }

    @Test
    void filesThatOthersCanReadAreRefused() throws IOException {
        Files.setPosixFilePermissions(key(), PosixFilePermissions.fromString("rw-r--r--"));
        Outcome open = run("", "ls", "--access-key-file", key().toString());
        assertThat(open.code()).isEqualTo(2);
        assertThat(open.errors()).contains("chmod 600 " + key()).doesNotContain(SECRET);
    }

    @Test
    void usersAreATableOrOneObjectPerLine() throws IOException {
        manager.on("GET /v1/admin/users", 200, "{\"users\":[" + ANNA + "]}");
        assertThat(ask("", "user", "list").out().lines())
                .hasSize(2)
                .element(1)
                .asString()
                .matches("anna +enabled +yes +1  reader:docs/, writer:a b/");
        assertThat(ask("", "user", "list", "--json").json().get("name").getAsString())
                .isEqualTo("anna");
        assertThat(ask("", "user", "show", "anna").out())
                .startsWith("anna: enabled, with a password")
                .contains("grant  writer:a b/", "expires at 2027-03-01T00:00:00Z, limited to reader:docs/");
        assertThat(ask("", "grant", "list").out()).containsPattern("anna +reader:docs/\nanna +writer:a b/\n");
        assertThat(ask("", "key", "list", "anna").out()).containsPattern("CKA{18} +anna +2026.*reader:docs/");
        assertThat(manager.headers)
                .containsOnly("Bearer token-1", "Bearer token-2", "Bearer token-3", "Bearer token-4", "Bearer token-5");
    }

    @Test
    void usersAreChanged() throws IOException {
        manager.on("PUT /v1/admin/users/bert", 201, ANNA.replace("anna", "bert"));
        assertThat(ask(SECRET, "user", "add", "bert", "--grant", "reader:docs/", "--grant", "monitor", "--password")
                        .out())
                .isEqualTo("user bert is created\n");
        assertThat(manager.requests)
                .contains("PUT /v1/admin/users/bert {\"grants\":[\"reader:docs/\",\"monitor\"],\"password\":\"" + SECRET
                        + "\"}");
        Outcome twice = ask("", "user", "add", "anna");
        assertThat(twice).isEqualTo(new Outcome(1, "", "craq: user anna exists already\n"));
        ask("", "user", "disable", "anna");
        ask("", "user", "enable", "anna");
        ask(SECRET, "user", "password", "anna");
        assertThat(manager.requests)
                .contains(
                        "PUT /v1/admin/users/anna {\"enabled\":false}",
                        "PUT /v1/admin/users/anna {\"enabled\":true}",
                        "PUT /v1/admin/users/anna {\"password\":\"" + SECRET + "\"}");
        manager.on("DELETE /v1/admin/users/anna", 204, "");
        manager.on("DELETE /v1/admin/users/anna/tokens", 204, "");
        assertThat(ask("", "user", "revoke-tokens", "anna").out()).isEqualTo("the tokens of user anna are revoked\n");
        assertThat(ask("", "user", "remove", "anna").out()).isEqualTo("user anna is removed\n");
    }

    @Test
    void aUserThatDoesNotExistIsNotCreatedByAChange() throws IOException {
        for (String change : List.of("enable", "disable", "password")) {
            Outcome outcome = ask(SECRET, "user", change, "bert");
            assertThat(outcome.code()).isEqualTo(1);
            assertThat(outcome.errors()).isEqualTo("craq: there is no user bert\ncraq: correct the request\n");
        }
        assertThat(manager.requests).noneMatch(request -> request.startsWith("PUT"));
    }

    @Test
    void grantsAreChanged() throws IOException {
        manager.on("POST /v1/admin/users/anna/grants", 200, ANNA);
        manager.on("DELETE /v1/admin/users/anna/grants?grant=writer%3Aa+b%2F", 200, ANNA);
        assertThat(ask("", "grant", "add", "anna", "writer:a b/").out())
                .isEqualTo("user anna has the grant writer:a b/\n");
        assertThat(manager.requests).contains("POST /v1/admin/users/anna/grants {\"grant\":\"writer:a b/\"}");
        assertThat(ask("", "grant", "remove", "anna", "writer:a b/").out())
                .isEqualTo("user anna no longer has the grant writer:a b/\n");
        manager.refuse("POST /v1/admin/users/anna/grants", 400, "INVALID_ARGUMENT", "there is no role 'king'");
        assertThat(ask("", "grant", "add", "anna", "king:"))
                .isEqualTo(new Outcome(1, "", "craq: there is no role 'king'\ncraq: correct the request\n"));
    }

    @Test
    void theSecretOfAKeyIsShownOnceOrWrittenToAFile() throws IOException {
        manager.on(
                "POST /v1/admin/users/anna/keys",
                201,
                "{\"id\":\"CK9\",\"secret\":\"xyz\",\"user\":\"anna\",\"createdAt\":\"2026-12-01T00:00:00Z\"}");
        Outcome shown = ask("", "key", "create", "anna", "--expires", "90d", "--limit", "reader:docs/");
        assertThat(shown.out())
                .startsWith("CK9:xyz\n")
                .contains("shown only now")
                .hasLineCount(2);
        assertThat(manager.requests)
                .contains(
                        "POST /v1/admin/users/anna/keys {\"expiresInSeconds\":7776000,\"limits\":[\"reader:docs/\"]}");
        Path file = folder.resolve("new.key");
        Outcome written = ask("", "key", "create", "anna", "--out", file.toString());
        assertThat(written.out()).isEqualTo(file + ": key CK9, does not expire\n");
        assertThat(file).hasContent("CK9:xyz");
        assertThat(mode(file)).isEqualTo("rw-------");
        int before = manager.requests.size();
        assertThat(ask("", "key", "create", "anna", "--out", file.toString()).errors())
                .contains("already exists");
        assertThat(ask("", "key", "create", "anna", "--out", folder + "/none/k").errors())
                .contains("no such file");
        assertThat(manager.requests).hasSize(before);
        assertThat(ask("", "key", "create", "anna", "--json")
                        .json()
                        .get("secret")
                        .getAsString())
                .isEqualTo("xyz");
        assertThat(ask("", "key", "create", "anna", "--expires", "7w").code()).isEqualTo(2);
        manager.on("DELETE /v1/admin/users/anna/keys/CK9", 204, "");
        assertThat(ask("", "key", "delete", "anna", "CK9").out()).isEqualTo("key CK9 of user anna is deleted\n");
    }

    @Test
    void whoTheCallerIsIsShown() throws IOException {
        manager.on(
                "GET /v1/auth/whoami",
                200,
                "{\"user\":\"anna\",\"method\":\"access_key\",\"key\":\"CK1\",\"grants\":[\"reader:docs/\"]}");
        assertThat(ask("", "whoami").out()).isEqualTo("anna, by access key CK1\n  reader:docs/\n");
        assertThat(ask("", "whoami", "--json").json().get("key").getAsString()).isEqualTo("CK1");
        manager.on(
                "GET /v1/auth/whoami",
                200,
                "{\"user\":\"oidc:anna\",\"method\":\"oidc\",\"groups\":[\"group:staff\"],\"grants\":[\"reader:docs/\"]}");
        assertThat(ask("", "whoami").out()).isEqualTo("oidc:anna, by oidc\n  in group:staff\n  reader:docs/\n");
        manager.refuse("GET /v1/auth/whoami", 401, "UNAUTHENTICATED", "the token was revoked; get a new one");
        Outcome refused = ask("", "whoami");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.errors())
                .startsWith("craq: the token was revoked; get a new one\ncraq: get a token with 'craq login'")
                .hasLineCount(2);
    }

    @Test
    void aPresignedUrlIsANodesOrTheManagers() throws IOException {
        manager.on(
                "POST /v1/auth/presign",
                200,
                "{\"token\":\"t\",\"expiresAt\":\"2026-12-01T00:10:00Z\",\"query\":\"version=3-12&craq-token=t\"}");
        manager.on(
                "GET /v1/admin/nodes",
                200,
                "{\"nodes\":[{\"alive\":false,\"httpUrl\":\"http://n1:1\"},{\"alive\":true,\"httpUrl\":\"http://n2:2\"}]}");
        String path = "/v1/files/a%20b/%C3%BC~%2B";
        assertThat(ask("", "presign", "a b/ü~+", "--for", "1h", "--version", "3-12"))
                .isEqualTo(new Outcome(0, "http://n2:2" + path + "?version=3-12&craq-token=t\n", ""));
        assertThat(manager.requests)
                .contains("POST /v1/auth/presign {\"method\":\"GET\",\"path\":\"" + path
                        + "\",\"query\":\"version\\u003d3-12\",\"seconds\":3600}");
        manager.refuse("GET /v1/admin/nodes", 403, "PERMISSION_DENIED", "user anna must not see the cluster");
        JsonObject json = ask("", "presign", "a", "--method", "put", "--json").json();
        assertThat(json.get("url").getAsString()).startsWith(manager.url() + "/v1/files/a?");
        assertThat(json.get("method").getAsString()).isEqualTo("PUT");
    }

    @Test
    void aStandbySendsTheRequestToTheLeader() throws IOException {
        try (FakeManager leader = new FakeManager()) {
            manager.redirect("POST /v1/admin/users/anna/grants", leader.url() + "/v1/admin/users/anna/grants");
            leader.on("POST /v1/admin/users/anna/grants", 200, ANNA);
            assertThat(ask("", "grant", "add", "anna", "admin:").code()).isZero();
            assertThat(leader.requests).containsExactly("POST /v1/admin/users/anna/grants {\"grant\":\"admin:\"}");
            assertThat(leader.headers).containsExactly("Bearer token-1");
        }
    }

    @Test
    void theManagerIsFoundOrNamed() throws IOException {
        manager.on("GET /v1/admin/users", 200, "{\"users\":[]}");
        assertThat(run("", "user", "list", "--access-key-file", key().toString())
                        .errors())
                .contains("say where the manager's REST interface is: --manager-url URL");
        here = new KnownCluster.Facts(List.of(manager.url()), Optional.of(key()));
        assertThat(run("", "user", "list", "--json")).isEqualTo(new Outcome(0, "", ""));
        assertThat(run("", "user", "list", "--manager-url", "ftp://x").code()).isEqualTo(2);
        assertThat(run("", "user", "list", "--manager-url", "http://127.0.0.1:1")
                        .code())
                .isEqualTo(1);
        assertThat(run("", "user").errors()).contains("a subcommand is missing: one of");
    }

    @Test
    void everySubcommandHasHelp() {
        for (String[] args : new String[][] {
            {"login"}, {"user", "add"}, {"user", "revoke-tokens"}, {"grant", "add"}, {"key", "create"}, {"presign"}
        }) {
            List<String> all = new ArrayList<>(List.of(args));
            all.add("--help");
            Outcome help = plain("", all.toArray(String[]::new));
            assertThat(help.code()).isZero();
            assertThat(help.out()).contains("Usage: craq " + String.join(" ", args), "--access-key-file");
        }
    }

    // ---- quotas ----

    @Test
    void aQuotaIsSetAndRemoved() throws IOException {
        manager.on("PUT /v1/admin/quotas?prefix=docs%2Fa+b%2F", 200, "{\"prefix\":\"docs/a b/\",\"bytes\":1}");
        Outcome set = ask("", "quota", "set", "docs/a b/", "--bytes", "2GiB", "--versions", "5");
        assertThat(set.errors()).isEmpty();
        assertThat(set.out()).contains("'docs/a b/'");
        manager.on("DELETE /v1/admin/quotas?prefix=", 204, "");
        assertThat(ask("", "quota", "remove", "").code()).isZero();
        assertThat(manager.requests)
                .containsExactly(
                        "PUT /v1/admin/quotas?prefix=docs%2Fa+b%2F {\"bytes\":2147483648,\"versions\":5}",
                        "DELETE /v1/admin/quotas?prefix=");
    }

    @Test
    void aQuotaNeedsALimitThatIsANumber() throws IOException {
        assertThat(ask("", "quota", "set", "docs/").errors()).contains("--bytes");
        for (String wrong : List.of("0", "-1", "1GB", "9000PiB", "1.5GiB", "")) {
            assertThat(ask("", "quota", "set", "docs/", "--bytes", wrong).errors())
                    .as(wrong)
                    .contains("is not a number of bytes");
        }
        assertThat(manager.requests).isEmpty();
    }

    @Test
    void bytesAreShownInTheLargestUnit() {
        assertThat(ByteCount.text(1023)).isEqualTo("1023");
        assertThat(ByteCount.text(1536)).isEqualTo("1.5 KiB");
        assertThat(ByteCount.text(5L << 40)).isEqualTo("5.0 TiB");
        assertThat(ByteCount.text(Long.MAX_VALUE)).isEqualTo("8192.0 PiB");
    }
}
