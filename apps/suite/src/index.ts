export { secretFiles, type SecretFiles } from './install/secret-files';
export { install, type Installation } from './install/install.module';
export { startSuite, type RunningSuite } from './suite.module';
export { suiteConfig, type SuiteConfig } from './suite.config';
