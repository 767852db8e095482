export { startValidator } from './start-validator';
export { validatorConfig, type ValidatorConfig } from './validator.config';
export { ValidatorModule } from './validator.module';
