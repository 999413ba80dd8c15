package org.craq.server;

import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * Brings a deployment's tables up to date. Each deployment has its own history table, since nodes and managers may
 * share one database; for the same reason other tables may already exist.
 */
public final class Schema {
    private final DataSource database;
    private final ClassLoader deployment;
    private final String historyTable;
    private final String folder;
    private final List<String> scripts;

    /**
     * Creates a schema from scripts on the class path.
     *
     * @param folder of the scripts, ending with a slash
     * @param scripts their names, in Flyway's form; listed explicitly because servers differ in how a deployment's
     * files can be listed
     */
    public Schema(
            DataSource database, ClassLoader deployment, String historyTable, String folder, List<String> scripts) {
        this.database = database;
        this.deployment = deployment;
        this.historyTable = historyTable;
        this.folder = folder;
        this.scripts = List.copyOf(scripts);
    }

    /** Applies all scripts that have not been applied yet; idempotent. */
    public void migrate() {
        Flyway.configure(deployment)
                .dataSource(database)
                .table(historyTable)
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .validateMigrationNaming(true)
                .resourceProvider(new MigrationScripts(deployment, folder, scripts))
                .javaMigrationClassProvider(List::of)
                .load()
                .migrate();
    }
}
