export { embedValidator } from './embed/embed-validator';
export { startValidator } from './start-validator';
export { type EngineConfig, type ValidatorConfig, engineConfig, validatorConfig } from './validator.config';
export { ValidatorModule } from './validator.module';
